SELECT col1, col2, col3 FROM school.join_table
