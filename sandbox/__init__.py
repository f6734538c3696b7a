"""A Slack-compatible workspace on loopback, for demo and tests. It imports nothing of the bot: any Bolt app will do."""
