"""Revenue: what is paid, by whom, under which contract, and how long contracts last."""
