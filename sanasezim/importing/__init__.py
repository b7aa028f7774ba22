"""Old records brought in from CSV and XLSX.

    files     a file → a table: its headings, and its rows with their line numbers
    columns   which columns there are, what may stand at their head, how a cell is read
    words     how people write days, numbers, sexes and codes
    checking  a table → rows that can be written, and every bad cell with its reason
    writing   those rows → calls or cases, all or none; and out again

`manage import_history` and the staff page both go this way.
"""
