"""Tools that know no domain: database, ids, problem documents, uploads, pages, events between tasks."""
