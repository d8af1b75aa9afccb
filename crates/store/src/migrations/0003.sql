-- Times in which events may be missing are in the log alone.
DROP TABLE gaps;
