"""Small drawings of our own, as SVG text: pure Python, words are handed in."""
