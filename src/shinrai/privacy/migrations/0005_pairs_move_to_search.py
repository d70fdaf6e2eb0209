"""Leave the index of titles to `search`, which indexes all texts; its worker fills it anew."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_masked_names")]

    operations = [
        migrations.DeleteModel(name="IndexedTransactions"),
        migrations.DeleteModel(name="TitlePairs"),
    ]
