"""What the desk says in a sentence: pure, in both languages."""
