"""Pages of initiatives: the list, the form, and one of them."""
