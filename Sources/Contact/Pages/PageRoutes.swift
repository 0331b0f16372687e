// Pages to be printed about households: the file of one, and the empty situation card.

import HTTP1
import SQL
import Service
import Web

package enum PageRoutes {
    package static let all: [RouteEntry] = [
        (.get, "/v1/households/{id}/page", Endpoint(access: .signedIn, work: .read(HouseholdFilePage.show))),
        (
            .get, "/v1/households/{id}/situation-card/page",
            Endpoint(access: .signedIn, work: .read(SituationCardPage.ofHousehold))
        ),
        (
            .get, "/v1/villages/{code}/situation-cards/page",
            Endpoint(access: .signedIn, work: .read(SituationCardPage.ofVillage))
        ),
        (.get, "/v1/situation-cards/page", Endpoint(access: .signedIn, work: .read(SituationCardPage.blank))),
    ]
}
