"""The page: its sections as data, their templates, and what the browser is handed."""
