SELECT sum(length(text)) FROM messages
