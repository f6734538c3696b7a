"""The workspace as a page: be anyone in it, see what they see, move time, look under the bonnet."""
