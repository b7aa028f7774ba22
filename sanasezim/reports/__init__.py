"""Reports: numbers that add up, of calls, appeals, persons and cases. They read and never write."""
