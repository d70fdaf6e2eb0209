"""The rules of business time: hours, holidays, and the open time between two moments."""
