"""What all pages share: their layout, colours and sizes, charts, lists and error pages."""
