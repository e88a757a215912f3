-- A record in PostgreSQL. {schema} is replaced by the schema's quoted name, {name} by that name
-- in single quotes. Everything may run again where it is there already.
--
-- Whoever runs this owns the tables. The application's role may read, call journeys_append, and
-- delete personal data; nobody, the owner included, may update, delete or truncate anything else.

CREATE SCHEMA IF NOT EXISTS {schema};

-- The event library calls the position notification_id.
CREATE TABLE IF NOT EXISTS {schema}.stored_events (
    notification_id bigint NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    recorded_at bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (originator_id, originator_version),
    CONSTRAINT stored_events_position UNIQUE (notification_id)
);

CREATE TABLE IF NOT EXISTS {schema}.log_leaf (position bigint PRIMARY KEY, hash bytea NOT NULL);

CREATE TABLE IF NOT EXISTS {schema}.log_tile (
    level integer NOT NULL,
    tile bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, tile)
);

CREATE TABLE IF NOT EXISTS {schema}.command_receipt (
    command uuid PRIMARY KEY,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS {schema}.intake_source (
    source text NOT NULL,
    key text NOT NULL,
    household uuid NOT NULL,
    version bigint NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (source, key, household, version)
);

CREATE TABLE IF NOT EXISTS {schema}.vault_item (
    household uuid NOT NULL,
    version bigint NOT NULL,
    field text NOT NULL,
    subject uuid NOT NULL,
    commitment bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (household, version, field, subject)
);
CREATE INDEX IF NOT EXISTS vault_item_subject ON {schema}.vault_item (subject);

CREATE TABLE IF NOT EXISTS {schema}.blind_index (
    digest bytea NOT NULL,
    subject uuid NOT NULL,
    household uuid NOT NULL,
    PRIMARY KEY (digest, subject, household)
);
CREATE INDEX IF NOT EXISTS blind_index_subject ON {schema}.blind_index (subject);

CREATE TABLE IF NOT EXISTS {schema}.store_meta (key text PRIMARY KEY, value text NOT NULL);

CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    grows text;
BEGIN
    FOREACH grows IN ARRAY ARRAY['stored_events', 'log_leaf', 'log_tile', 'command_receipt',
                                 'intake_source', 'store_meta', 'vault_item', 'blind_index']
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR TRUNCATE%s ON %I.%I '
            'EXECUTE FUNCTION %I.refuse_change()',
            CASE WHEN grows IN ('vault_item', 'blind_index') THEN '' ELSE ' OR DELETE' END,
            {name}, grows, {name}
        );
        -- Not even a session that plays a replica goes around it.
        EXECUTE format('ALTER TABLE %I.%I ENABLE ALWAYS TRIGGER only_grows', {name}, grows);
    END LOOP;
END $$;

-- The leaf hash of one event (RFC 9162): the same bytes as journeys/record/leaf.py, after 0x00.
CREATE OR REPLACE FUNCTION {schema}.journeys_leaf(
    place bigint, household uuid, version bigint, topic bytea, recorded_at bigint, state bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(
        '\x00000000106a6f75726e6579732f6c6561662f763100000008'::bytea || int8send(place - 1)
        || '\x00000010'::bytea || uuid_send(household)
        || '\x00000008'::bytea || int8send(version)
        || int4send(length(topic)) || topic
        || '\x00000008'::bytea || int8send(recorded_at)
        || '\x00000020'::bytea || sha256(state)
    )
$$;

-- Insert the tiles of 256 that are complete once the log grows from `before` to `now` leaves.
CREATE OR REPLACE FUNCTION {schema}.journeys_tiles(before bigint, now bigint) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_catalog, pg_temp AS $$
DECLARE
    height integer := 0;
    number bigint;
    hashes bytea[];
BEGIN
    WHILE before / 256 <> now / 256 LOOP
        FOR number IN before / 256 .. now / 256 - 1 LOOP
            IF height = 0 THEN
                hashes := ARRAY(
                    SELECT hash FROM log_leaf
                    WHERE position > number * 256 AND position <= number * 256 + 256
                    ORDER BY position
                );
            ELSE
                hashes := ARRAY(
                    SELECT hash FROM log_tile
                    WHERE level = height - 1 AND tile >= number * 256 AND tile < number * 256 + 256
                    ORDER BY tile
                );
            END IF;
            IF cardinality(hashes) <> 256 THEN
                RAISE EXCEPTION 'the tree lacks entries of tile % at level %', number, height;
            END IF;
            WHILE cardinality(hashes) > 1 LOOP
                hashes := ARRAY(
                    SELECT sha256('\x01'::bytea || hashes[2 * pair - 1] || hashes[2 * pair])
                    FROM generate_series(1, cardinality(hashes) / 2) AS pair ORDER BY pair
                );
            END LOOP;
            INSERT INTO log_tile VALUES (height, number, hashes[1]);
        END LOOP;
        height := height + 1;
        before := before / 256;
        now := now / 256;
    END LOOP;
END $$;

-- Append events and all that belongs to them. The lock is held until the transaction is over, so
-- positions are dense and appear in their order to every reader. `instant`, in microseconds since
-- the epoch, is taken by demonstration records only. Errors of our own: HJ001 a version does not
-- follow its stream, HJ002 the command was recorded before, HJ003 a live record keeps its time.
--
-- One event, which is what people record, goes through statements of its own: sets of one cost
-- three times as much.
CREATE OR REPLACE FUNCTION {schema}.journeys_append(
    households uuid[], versions bigint[], topics text[], states bytea[],
    command uuid, instant bigint, beside json
) RETURNS TABLE (placed_at bigint, placed_when bigint, placed_leaf bytea)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before bigint;
    at bigint;
    current bigint;
    added integer := cardinality(households);
    amiss record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended({name} || '.stored_events', 0));
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT notification_id, recorded_at INTO before, at
    FROM stored_events ORDER BY notification_id DESC LIMIT 1;
    before := coalesce(before, 0);
    IF instant IS NULL THEN
        instant := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    ELSIF NOT EXISTS (
        SELECT FROM store_meta WHERE key = 'kind' AND value = 'demonstration'
    ) THEN
        RAISE EXCEPTION 'a live record keeps its own time' USING ERRCODE = 'HJ003';
    END IF;
    at := greatest(instant, coalesce(at, 0) + 1);

    IF added = 1 THEN
        SELECT originator_version INTO current FROM stored_events
        WHERE originator_id = households[1] ORDER BY originator_version DESC LIMIT 1;
        current := coalesce(current, 0);
        IF versions[1] <> current + 1 THEN
            RAISE EXCEPTION 'the version does not follow' USING ERRCODE = 'HJ001',
                DETAIL = json_build_array(households[1], versions[1], current);
        END IF;
        INSERT INTO stored_events
        VALUES (before + 1, households[1], versions[1], at, topics[1], states[1]);
        placed_at := before + 1;
        placed_when := at;
        placed_leaf := journeys_leaf(
            placed_at, households[1], versions[1], convert_to(topics[1], 'UTF8'), at, states[1]
        );
        INSERT INTO log_leaf VALUES (placed_at, placed_leaf);
        RETURN NEXT;
    ELSE
        SELECT told.household, told.version, told.current INTO amiss FROM (
            SELECT household, version, place,
                row_number() OVER (PARTITION BY household ORDER BY place) AS nth,
                coalesce((
                    SELECT max(originator_version) FROM stored_events
                    WHERE originator_id = household
                ), 0) AS current
            FROM unnest(households, versions) WITH ORDINALITY AS new (household, version, place)
        ) AS told WHERE told.version <> told.current + told.nth ORDER BY told.place LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'the version does not follow' USING ERRCODE = 'HJ001',
                DETAIL = json_build_array(amiss.household, amiss.version, amiss.current);
        END IF;
        INSERT INTO stored_events
        SELECT before + place, household, version, at + place - 1, topic, state
        FROM unnest(households, versions, topics, states)
            WITH ORDINALITY AS new (household, version, topic, state, place);
        RETURN QUERY
        INSERT INTO log_leaf
        SELECT before + place,
            journeys_leaf(before + place, household, version, convert_to(topic, 'UTF8'),
                          at + place - 1, state)
        FROM unnest(households, versions, topics, states)
            WITH ORDINALITY AS new (household, version, topic, state, place)
        RETURNING position, at + position - before - 1, hash;
    END IF;

    IF command IS NOT NULL THEN
        INSERT INTO command_receipt VALUES (command, before + 1, before + added)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the command was recorded before' USING ERRCODE = 'HJ002';
        END IF;
    END IF;
    IF before / 256 <> (before + added) / 256 THEN
        PERFORM journeys_tiles(before, before + added);
    END IF;

    IF beside IS NOT NULL THEN
        INSERT INTO intake_source
        SELECT source, key, household, version, digest FROM json_to_recordset(beside->'sources')
            AS (source text, key text, household uuid, version bigint, digest text);
        INSERT INTO vault_item
        SELECT household, version, field, subject,
            decode(commitment, 'base64'), decode(sealed, 'base64')
        FROM json_to_recordset(beside->'vault') AS (
            household uuid, version bigint, field text, subject uuid, commitment text, sealed text
        );
        INSERT INTO blind_index
        SELECT decode(digest, 'base64'), subject, household
        FROM json_to_recordset(beside->'indexes') AS (digest text, subject uuid, household uuid)
        ON CONFLICT DO NOTHING;
    END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
