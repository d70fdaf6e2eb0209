"""Files uploaded on a page: kept in an inbox, tried, imported or deleted by a worker."""
