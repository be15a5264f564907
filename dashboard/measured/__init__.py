"""What an electromyographer measures, on the page: held bounded by channel, and put into words for the browser."""
