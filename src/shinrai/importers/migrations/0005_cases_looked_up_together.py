"""Check that the cases of inserted observations exist, once for all of them, as the ledger does.

Their batch is not checked any more: all of a COPY have the same, and no batch is ever deleted.
"""

import django.db.models.deletion
from django.db import migrations, models

OBSERVATIONS = """
CREATE TRIGGER observation_of_a_case AFTER INSERT ON importers_observation
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION ledger_cases_must_be_there();
CREATE TRIGGER observation_moved_to_a_case AFTER UPDATE ON importers_observation
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION ledger_cases_must_be_there();
CREATE TRIGGER case_without_observations AFTER DELETE OR UPDATE OF id ON ledger_case
FOR EACH ROW EXECUTE FUNCTION ledger_case_must_not_be_named('importers_observation');
"""

BACK = """
DROP TRIGGER case_without_observations ON ledger_case;
DROP TRIGGER observation_moved_to_a_case ON importers_observation;
DROP TRIGGER observation_of_a_case ON importers_observation;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("importers", "0004_only_packed_observations"),
        ("ledger", "0004_cases_looked_up_together"),
    ]

    operations = [
        migrations.RunSQL(OBSERVATIONS, BACK),
        migrations.AlterField(
            model_name="observation",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.case",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.batch",
            ),
        ),
    ]
