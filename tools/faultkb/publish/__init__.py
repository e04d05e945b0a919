"""Publishing: tickets → articles → plain Markdown under kb/, from an allow-list; then MkDocs builds the site."""
