-- Reports and their files.
-- Read by kanta_tenancy/disturbances/store/reports.py; rows are kanta_tenancy.disturbances.case.Report unless it says
-- otherwise.

-- name: take_in
-- Take reports in with their duties; the row is Taken.
SELECT taken
  FROM disturbance_take_in(
       :reports, :duties, :contents, :holders, :named, :keys, :now_is, :on_day, :most_similar);

-- name: take_in_each
-- Do so with each in a transaction of its own; the row is Taken.
CALL disturbance_take_in_each(
     :reports, :duties, :contents, :holders, :keys, :now_is, :on_day, :most_similar, NULL);

-- name: of_disturbance
-- The reports of one disturbance that the scope sees, in the order in which they came.
SELECT id, disturbance_id, tenancy_id, what, since, ongoing, system_id, service, place, patient_safety, data_protection,
       symptom, tried, message_ids, units_hit, users_hit, contact, reported_by, reported_at
  FROM disturbance_report
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY id
 LIMIT :count;

-- name: find
-- One report.
SELECT id, disturbance_id, tenancy_id, what, since, ongoing, system_id, service, place, patient_safety, data_protection,
       symptom, tried, message_ids, units_hit, users_hit, contact, reported_by, reported_at
  FROM disturbance_report
 WHERE main_connector_id = :main_connector_id
   AND id = :report_id;

-- name: add_attachment
-- Keep a file of a report, unless it has as many as it takes.
INSERT INTO disturbance_attachment (id, main_connector_id, report_id, tenancy_id, name, media_type, size, sha256, content,
                                    added_at)
SELECT :id, :main_connector_id, :report_id, :tenancy_id, :name, :media_type, :size, :sha256, :content, :added_at
 WHERE (SELECT count(*)
          FROM disturbance_attachment
         WHERE main_connector_id = :main_connector_id
           AND report_id = :report_id) < :most;

-- name: attachments
-- What files the reports of a disturbance have; rows are kanta_tenancy.disturbances.case.Attachment.
SELECT file.id, file.report_id, file.tenancy_id, file.name, file.media_type, file.size, file.sha256, file.added_at
  FROM disturbance_attachment AS file
 WHERE file.main_connector_id = :main_connector_id
   AND file.report_id = ANY (:report_ids::uuid[])
 ORDER BY file.id;

-- name: attachment
-- One file of a report with its bytes; rows are AttachmentWithContent.
SELECT id, report_id, tenancy_id, name, media_type, size, sha256, added_at, content
  FROM disturbance_attachment
 WHERE main_connector_id = :main_connector_id
   AND report_id = :report_id
   AND id = :attachment_id;
