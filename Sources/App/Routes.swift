// Every operation of the API in one list; openapi.yaml is made from it and from the contract.yaml beside the routes.

import HTTP1
import Web

enum Routes {
    static func all(
        contract: [UInt8], metrics: Metrics, jobs: JobRunner, requireReady: @escaping @Sendable () throws -> Void
    ) -> [RouteEntry] {
        OperationRoutes.all(contract: contract, metrics: metrics, requireReady: requireReady) + ClockRoutes.all
            + CodeListRoutes.all
            + DivisionRoutes.all
            + PartnerRoutes.all
            + PartnerIdRoutes.all
            + HouseholdRoutes.all
            + OrganizationRoutes.all
            + CadreRoutes.all
            + QuotaRoutes.all
            + HelperRoutes.all
            + DutyRoutes.all
            + TeamRoutes.all
            + PairingRoutes.all
            + VillageRoutes.all
            + PartnershipRoutes.all
            + CampaignRoutes.all
            + CardRoutes.all
            + ProposalRoutes.all
            + NeedRoutes.all
            + ActivityRoutes.all
            + LiabilityRoutes.all
            + ParameterRoutes.all
            + StatisticsRoutes.all
            + CoverageRoutes.all
            + HandoverRoutes.all
            + AccessRoutes.all
            + JobRoutes.all(jobs)
            + ChangeRoutes.all
            + ExportRoutes.all(jobs.exports)
            + PairingRunRoutes.all(jobs.pairingRuns)
            + AdviceRoutes.all
            + ContactDutyRoutes.all
            + VisitRoutes.all
            + VisitBatchRoutes.all
            + HeldVisitRoutes.all
            + UserRoutes.all
            + FestivalRoutes.all
            + CounterRoutes.all
            + BulletinRoutes.all
    }
}
