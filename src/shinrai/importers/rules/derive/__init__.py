"""From everything ever observed of a case to the steps of its life."""
