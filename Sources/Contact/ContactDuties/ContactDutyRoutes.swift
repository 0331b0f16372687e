// The operations on duties of contact (R060 to R063): they are only read, because they follow from other records.

import HTTP1
import SQL
import Service
import Web

package enum ContactDutyRoutes {
    package static let all: [RouteEntry] = [
        (
            .get, "/v1/contact-duties",
            Endpoint(access: .signedIn, work: .pages { try ContactDutyList($0, $1) })
        ),
        (
            .get, "/v1/contact-duties/summary",
            Endpoint(access: .signedIn, work: .pages { try ContactSummary($0, $1) })
        ),
        (
            .get, "/v1/contact-alarms",
            Endpoint(access: .signedIn, work: .pages { try ContactAlarms($0, $1) })
        ),
    ]
}
