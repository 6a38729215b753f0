-- How many requests were closed, of which outcome, after how long: whole ones counted, reduced ones as they were counted.
-- Read by kanta_tenancy/renewals/store/figures.py.

-- name: of_month
-- The figures of a month, of a realm; rows are Figure.
SELECT outcome, handed_over, hours, sum(requests)::bigint AS requests
  FROM (SELECT state AS outcome, coalesce(ground NOT IN ('original', 'colleague'), false) AS handed_over,
               floor(extract(epoch FROM closed_at - arrived_at) / 3600)::integer AS hours, count(*) AS requests
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND state = ANY (:states::text[])
           AND closed_at IS NOT NULL
           AND closed_at >= :since
           AND closed_at < :until
         GROUP BY 1, 2, 3
         UNION ALL
        SELECT outcome, handed_over, hours, requests
          FROM renewal_figure
         WHERE main_connector_id = :main_connector_id
           AND month = :month) AS counted
 GROUP BY outcome, handed_over, hours
 ORDER BY outcome, handed_over, hours;

-- name: of_month_of_house
-- The same of a tenant, or of the main connector's own units; rows are Figure.
SELECT outcome, handed_over, hours, sum(requests)::bigint AS requests
  FROM (SELECT state AS outcome, coalesce(ground NOT IN ('original', 'colleague'), false) AS handed_over,
               floor(extract(epoch FROM closed_at - arrived_at) / 3600)::integer AS hours, count(*) AS requests
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND holder = :holder
           AND state = ANY (:states::text[])
           AND closed_at IS NOT NULL
           AND closed_at >= :since
           AND closed_at < :until
         GROUP BY 1, 2, 3
         UNION ALL
        SELECT outcome, handed_over, hours, requests
          FROM renewal_figure
         WHERE main_connector_id = :main_connector_id
           AND holder = :holder
           AND month = :month) AS counted
 GROUP BY outcome, handed_over, hours
 ORDER BY outcome, handed_over, hours;

-- name: open
-- How many requests are open in all realms, by state; rows are OpenFigure.
SELECT state, open, oldest_arrived_at, soonest_lapses_at, late
  FROM renewal_open_figures(:now);

-- name: duties
-- How many patients are still to be told in all realms; rows are DutyFigure.
SELECT open, overdue, oldest_opened_at
  FROM renewal_duty_figures(:now);
