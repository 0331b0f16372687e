-- `withdrawn` is a flag everywhere else: the households whose pairings were to begin after a handover are `takenBack`.
UPDATE handover SET outcome = replace(outcome, '"withdrawn":', '"takenBack":');
