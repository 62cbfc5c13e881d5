-- What a server says of a model that it prepares or refuses, in Chinese beside English. Null where a server of an older release says it.
ALTER TABLE paigong.model_server
    ADD COLUMN progress_zh text CHECK (length(progress_zh) <= 200),
    ADD COLUMN problem_zh  text CHECK (length(problem_zh) <= 4000);
