-- The number of a person's file in the city: by it a list that is imported again finds who is there.
-- It leads to a person, as the name does, and is read and told as seldom.
ALTER TABLE workers
    ADD COLUMN file_number text CONSTRAINT a_file_number_is_of_one_worker UNIQUE;
