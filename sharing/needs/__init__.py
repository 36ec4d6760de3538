"""What departments need: needs without an entry, services and their forms, the three lists."""
