"""Operations of reports: preparing and sending them, and to whom they are sent."""
