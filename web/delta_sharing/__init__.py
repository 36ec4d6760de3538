"""The Delta Sharing protocol: any reader of it reads what its token was granted."""
