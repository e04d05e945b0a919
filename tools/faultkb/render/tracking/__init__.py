"""《产品故障问题跟踪表》 as a workbook that people fill in, as CSV and as JSON, with the same cells in each."""
