"""Remove the columns of single rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("importers", "0003_pack_observations")]

    operations = [
        migrations.RemoveField("observation", "row_key"),
        migrations.RemoveField("observation", "line"),
        migrations.RemoveField("observation", "at"),
        migrations.RemoveField("observation", "digest"),
        migrations.RemoveField("observation", "facts"),
        migrations.AlterField("observation", "count", models.IntegerField()),
        migrations.AlterField("observation", "said", models.BinaryField()),
        migrations.AlterField("observation", "moments", models.BinaryField()),
    ]
