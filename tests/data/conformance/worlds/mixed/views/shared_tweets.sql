SELECT id, mentions, author, likes FROM publisher.tweets UNION ALL SELECT id, mentions, author, likes FROM consumer.tweets
