"""How the steps of a case are read: corrections applied, in order, up to a moment."""
