"""Questions about objectives: who judges, how one stands, why a case is due when it is."""
