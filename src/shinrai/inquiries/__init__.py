"""Inquiries of customers: the question and every step of the answer."""
