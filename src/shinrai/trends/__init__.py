"""What rose, who is affected and says nothing, and which topics most customers ask about."""
