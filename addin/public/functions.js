// The manifest has to name a script for the worksheet functions. In a shared runtime Excel takes them from the page
// instead (taskpane.html), so there is nothing to run here.
