"""Add columns for several rows about one case, packed together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("importers", "0001_importers")]

    operations = [
        migrations.AddField("observation", "count", models.IntegerField(default=1)),
        migrations.AddField("observation", "said", models.BinaryField(default=b"")),
        migrations.AddField("observation", "moments", models.BinaryField(default=b"")),
        migrations.AlterField("observation", "words", models.JSONField(null=True)),
    ]
