"""SIPmath libraries."""
