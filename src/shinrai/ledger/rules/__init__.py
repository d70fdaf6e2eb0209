"""How steps are read: corrections resolved, order settled, moments respected."""
