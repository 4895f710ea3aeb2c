func.func private @again(%x : tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = call @again(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @entry(%x : tensor<?x4xf32>) -> tensor<?x4xf32> attributes {bert.entry} {
  %y = call @again(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
