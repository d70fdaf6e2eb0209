"""Check that the cases of all steps written together exist, at once instead of one by one.

A foreign key checks every row, which took as long as writing the rows. These triggers check each
case once per statement, lock it as a foreign key would, and raise the same error if it is missing.
Tables of other packages use them too.
"""

import django.db.models.deletion
from django.db import migrations, models

# Planned without walking tables: the plan is kept, and made perhaps while there were few cases.
FUNCTIONS = """
CREATE FUNCTION ledger_cases_must_be_there() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    missing bigint;
BEGIN
    SELECT named.case_id INTO missing
    FROM (SELECT DISTINCT case_id FROM written) AS named
    WHERE (SELECT cases.id FROM ledger_case AS cases
           WHERE cases.id = named.case_id FOR KEY SHARE) IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('there is no case %s', missing),
            TABLE = TG_TABLE_NAME, COLUMN = 'case_id';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_case_must_not_be_named() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    found bool;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE case_id = $1)', TG_ARGV[0])
    INTO found USING OLD.id;
    IF found THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('case %s is still named by %s', OLD.id, TG_ARGV[0]),
            TABLE = TG_TABLE_NAME, COLUMN = 'id';
    END IF;
    RETURN NULL;
END $$;
"""

STEPS = """
CREATE TRIGGER step_of_a_case AFTER INSERT ON ledger_step REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION ledger_cases_must_be_there();
CREATE TRIGGER step_moved_to_a_case AFTER UPDATE ON ledger_step REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION ledger_cases_must_be_there();
CREATE TRIGGER case_without_steps AFTER DELETE OR UPDATE OF id ON ledger_case
FOR EACH ROW EXECUTE FUNCTION ledger_case_must_not_be_named('ledger_step');
"""

BACK = """
DROP TRIGGER case_without_steps ON ledger_case;
DROP TRIGGER step_moved_to_a_case ON ledger_step;
DROP TRIGGER step_of_a_case ON ledger_step;
DROP FUNCTION ledger_case_must_not_be_named();
DROP FUNCTION ledger_cases_must_be_there();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_batch_without_check")]

    operations = [
        migrations.RunSQL(FUNCTIONS + STEPS, BACK),
        migrations.AlterField(
            model_name="step",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="ledger.case",
            ),
        ),
    ]
