"""Small charts as SVG text, in pure Python; callers pass in all words."""
