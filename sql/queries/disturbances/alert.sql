-- What monitoring systems sent.
-- Read by kanta_tenancy/disturbances/store/alerts.py; rows are kanta_tenancy.disturbances.alerts.Taken unless it says otherwise.

-- name: hold
-- Let what is sent of one group of alerts be worked on one after the other; no row that means something comes back.
SELECT pg_advisory_xact_lock(hashtextextended(:holder || encode(:group_sha256, 'hex'), 34));

-- name: same
-- What became of the very same.
SELECT disturbance_id, report_id
  FROM disturbance_alert
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND group_sha256 = :group_sha256
   AND content_sha256 = :content_sha256;

-- name: latest
-- What became of the last of the group.
SELECT disturbance_id, report_id
  FROM disturbance_alert
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND group_sha256 = :group_sha256
 ORDER BY taken_at DESC
 LIMIT 1;

-- name: insert
-- What became of it; no row comes back.
INSERT INTO disturbance_alert (main_connector_id, tenancy_id, group_sha256, content_sha256, disturbance_id, report_id, taken_at)
VALUES (:main_connector_id, :tenancy_id, :group_sha256, :content_sha256, :disturbance_id, :report_id, :at);
