// RUN: bert-opt %s --bert-drop-dead-outputs=outputs=logits --split-input-file --verify-diagnostics

// expected-error@+1 {{@entry has no output "logits"; it has last_hidden_state, pooler_output}}
func.func @entry(%x : tensor<?x4xf32>) -> (tensor<?x4xf32> {bert.name = "last_hidden_state"}, tensor<?x4xf32> {bert.name = "pooler_output"})
    attributes {bert.entry} {
  return %x, %x : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// expected-error@+1 {{no function carries bert.entry}}
module {
  func.func @not_the_entry(%x : tensor<?x4xf32>) -> (tensor<?x4xf32> {bert.name = "logits"}) {
    return %x : tensor<?x4xf32>
  }
}
