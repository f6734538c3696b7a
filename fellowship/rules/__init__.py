"""Questions of the programme, answered from values alone: no clock, no database, no Slack."""
