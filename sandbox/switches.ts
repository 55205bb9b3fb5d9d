// LEAD TO SANDBOX ENGINEER: I overwrote this file by mistake at 11:05; please write your version of it again. Nothing else of yours was touched.
