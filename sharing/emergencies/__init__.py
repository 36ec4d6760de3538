"""Access in an emergency: pre-authorised people, short grants, review by two people."""
