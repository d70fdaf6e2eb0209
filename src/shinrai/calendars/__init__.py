"""When the support desk is open: hours, holidays, and business time computed from them."""
