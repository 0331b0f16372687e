// Queries about partnerships besides their own operations: the nearest possible partners, and how many pupils have one.

import HTTP1
import Service
import Web

package enum PartnershipRoutes {
    package static let all: [RouteEntry] =
        [
            (.get, "/v1/partnerships/pupil-coverage", Endpoint(access: .signedIn, work: .read(PupilCoverage.show)))
        ] + Partnership.record.routes + [
            (
                .get, "/v1/organizations/{id}/target-candidates",
                Endpoint(access: .signedIn, work: .read(PartnershipCandidates.targets))
            ),
            (
                .get, "/v1/villages/{code}/helper-candidates",
                Endpoint(access: .signedIn, work: .read(PartnershipCandidates.helpers))
            ),
        ]
}
