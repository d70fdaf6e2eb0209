"""One file per source: which of its own figures we compare, and how we come to ours.

A file is named as the source is (`-` written `_`) and holds `METRICS`. Nothing else names it: a
new source is a new file. Figures are kept under the source's own names, nested ones dotted.
"""
