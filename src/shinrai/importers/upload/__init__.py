"""Files uploaded on a page: kept in an inbox, then tried, imported or deleted by a worker."""
